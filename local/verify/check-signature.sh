#!/bin/sh
# Checks a package's signature with openssl and the shell's own tools alone, for whoever trusts nothing of this project:
#   sh check-signature.sh <package folder> <keys.json>
# where keys.json is what the collector's GET /api/keys answered. The signature is a compact JWS (RFC 7515, ES256) over the
# collection's id and the SHA-256 of tagmanifest-sha256.txt and of the last line of custody.jsonl. Exit code 0 if it holds;
# then sha256sum -c tagmanifest-sha256.txt and manifest-sha256.txt show that every file is the one that was signed.
set -eu
[ $# = 2 ] || { echo "Usage: sh check-signature.sh <package folder> <keys.json>" >&2; exit 2; }
keys=$(cat "$2")
cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
refuse() { echo "signature.jws: $1" >&2; exit 5; }

decode() { printf '%s==' "$1" | tr -- '-_' '+/' | base64 -d 2>/dev/null || :; }
hex() { decode "$1" | od -An -v -tx1 | tr -d ' \n'; }
member() { sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p'; }
# openssl makes DER (X.690) from such a description; it takes keys and signatures in no other form.
make_der() { cat > "$work/conf"; openssl asn1parse -genconf "$work/conf" -noout -out "$1" >/dev/null; }

[ -f signature.jws ] || refuse 'It is missing.'
IFS=. read -r header payload signature < signature.jws || [ -n "${signature:-}" ] || refuse 'It is no compact JWS.'
kid=$(decode "$header" | member kid)
key=$(printf '%s' "$keys" | tr '\n' ' ' | tr '{' '\n' | grep -F "\"$kid\"") || refuse "Its key $kid is not among the given ones."
make_der "$work/key.der" <<CONF
asn1=SEQUENCE:key
[key]
algorithm=SEQUENCE:algorithm
point=FORMAT:HEX,BITSTRING:04$(hex "$(printf '%s' "$key" | member x)")$(hex "$(printf '%s' "$key" | member y)")
[algorithm]
type=OID:id-ecPublicKey
curve=OID:prime256v1
CONF
rs=$(hex "$signature")
[ ${#rs} = 128 ] || refuse 'Its signature is not 64 bytes long.'
make_der "$work/signature.der" <<CONF
asn1=SEQUENCE:signature
[signature]
r=INTEGER:0x$(printf '%s' "$rs" | cut -c 1-64)
s=INTEGER:0x$(printf '%s' "$rs" | cut -c 65-128)
CONF
printf '%s.%s' "$header" "$payload" |
  openssl dgst -sha256 -verify "$work/key.der" -keyform DER -signature "$work/signature.der" >/dev/null 2>&1 ||
  refuse "It does not fit the key $kid."

hash() { sha256sum | cut -c 1-64; }
id=$(sed -n 's/^External-Identifier: //p' bag-info.txt)
found=$(printf '{"collection":"%s","custodyHead":"%s","tagmanifestSha256":"%s"}' "$id" \
  "$(tail -n 1 custody.jsonl | tr -d '\n' | hash)" "$(hash < tagmanifest-sha256.txt)")
[ "$(decode "$payload")" = "$found" ] || refuse 'It was made for something else than is here.'
echo "The signature of collection $id holds, by the key $kid."
