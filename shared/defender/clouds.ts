/** What differs between the clouds that Defender for Endpoint runs in. */
export interface Cloud {
  /** Who issues the tokens of app registrations. */
  readonly authority: string;
  /** Base of the Defender API. */
  readonly apiUrl: string;
  /** What a token for the Defender API is asked for. */
  readonly scope: string;
  /** What a managed identity's token is asked for, by which it proves itself to an app registration (Entra: configure an application to trust a managed identity). */
  readonly exchangeScope: string;
  /** Hosts of result links, as suffixes; which storage the clouds of the US Government use is not documented. */
  readonly linkHosts: readonly string[];
}

const COMMERCIAL: Cloud = {
  authority: 'https://login.microsoftonline.com',
  apiUrl: 'https://api.security.microsoft.com',
  scope: 'https://api.securitycenter.microsoft.com/.default',
  exchangeScope: 'api://AzureADTokenExchange/.default',
  linkHosts: ['.blob.core.windows.net'],
};

const GCC_HIGH: Cloud = {
  authority: 'https://login.microsoftonline.us',
  apiUrl: 'https://api-gov.securitycenter.microsoft.us',
  scope: 'https://api-gov.securitycenter.microsoft.us/.default',
  exchangeScope: 'api://AzureADTokenExchangeUSGov/.default',
  linkHosts: ['.blob.core.usgovcloudapi.net'],
};

/** The names that DEFENDER_CLOUD takes; all from `us` to `ina` are the commercial cloud, asked at a host of that region. */
export const CLOUD_NAMES = ['commercial', 'us', 'eu', 'uk', 'au', 'swa', 'ina', 'gcc', 'gcc-high', 'dod'] as const;

/** One name of a cloud. */
export type CloudName = (typeof CLOUD_NAMES)[number];

/** The clouds (Defender: Microsoft Defender for Endpoint for US Government customers; supported API hosts by region). */
export const CLOUDS: Readonly<Record<CloudName, Cloud>> = {
  commercial: COMMERCIAL,
  us: inRegion('us'),
  eu: inRegion('eu'),
  uk: inRegion('uk'),
  au: inRegion('au'),
  swa: inRegion('swa'),
  ina: inRegion('ina'),
  gcc: {
    ...COMMERCIAL,
    apiUrl: 'https://api-gcc.securitycenter.microsoft.us',
    scope: 'https://api-gcc.securitycenter.microsoft.us/.default',
    linkHosts: [...COMMERCIAL.linkHosts, ...GCC_HIGH.linkHosts],
  },
  'gcc-high': GCC_HIGH,
  dod: GCC_HIGH,
};

function inRegion(region: string): Cloud {
  return { ...COMMERCIAL, apiUrl: `https://${region}.api.security.microsoft.com` };
}
