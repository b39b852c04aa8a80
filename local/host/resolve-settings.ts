/** The app settings: what the platform puts into the app's environment. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** Puts the settings into this process's environment, and gives the function that restores what was there before. */
export function putSettings(settings: Settings): () => void {
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  for (const [name, value] of Object.entries(settings)) {
    if (value !== undefined) process.env[name] = value;
  }
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** Replaces each `%NAME%` by the setting of that name; throws an error that names function, setting and remedy when it isn't set. */
export function resolveSettings(text: string, settings: Settings, functionName: string): string {
  return text.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (value !== undefined && value !== '') return value;
    throw new Error(
      `The trigger of the function "${functionName}" uses the setting ${name}, which is not set. Set ${name} in the environment or in local.settings.json.`,
    );
  });
}
