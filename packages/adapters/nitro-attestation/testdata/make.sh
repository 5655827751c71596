#!/bin/sh
# Makes the certificates and TEST-ONLY keys in this folder: ./make.sh (needs the openssl command, 3.0 or later).
# The private keys are public knowledge. Never configure one of these roots in a service that holds real keys.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() { openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:${2:-P-384}" -out "$work/$1.key" 2>/dev/null ||
  openssl ecparam -genkey -noout -name "${2:-secp384r1}" -out "$work/$1.key"; }

extensions() { printf 'basicConstraints=critical,%s\nkeyUsage=critical,%s\n%s\n' "$1" "$2" "${3:-}" > "$work/ext"; }

# root <name> <common name>: self-signed
root() {
  key "$1"
  openssl req -new -key "$work/$1.key" -subj "/CN=$2/C=US/O=Keywarden test only/OU=Attestation" -out "$work/csr"
  extensions CA:TRUE digitalSignature,keyCertSign,cRLSign
  openssl x509 -req -in "$work/csr" -key "$work/$1.key" -sha384 -days 36500 -extfile "$work/ext" -out "$1.pem"
}

# issue <name> <issuer> <days> [digest]: signs what `key` and `extensions` prepared
issue() {
  openssl req -new -key "$work/$1.key" -subj "/CN=$1/O=Keywarden test only" -out "$work/csr"
  openssl x509 -req -in "$work/csr" -CA "$2.pem" -CAkey "$work/$2.key" -"${4:-sha384}" -days "$3" \
    -extfile "$work/ext" -out "$1.pem"
}

ca='digitalSignature,keyCertSign,cRLSign'
root root test.nitro-enclaves
root impostor-root test.nitro-enclaves # same name, another key

key zonal; extensions CA:TRUE,pathlen:1 "$ca"; issue zonal root 36500
key instance; extensions CA:TRUE,pathlen:0 "$ca"; issue instance zonal 36500
key enclave; extensions CA:FALSE digitalSignature; issue enclave instance 10950
key impostor-enclave; extensions CA:FALSE digitalSignature; issue impostor-enclave impostor-root 36500

# Chains that have to be refused
key sub-ca; extensions CA:TRUE "$ca"; issue sub-ca instance 36500
key enclave-below-sub-ca; extensions CA:FALSE digitalSignature; issue enclave-below-sub-ca sub-ca 36500
key enclave-below-enclave; extensions CA:FALSE digitalSignature; issue enclave-below-enclave enclave 36500
key enclave-as-ca; extensions CA:TRUE "$ca"; issue enclave-as-ca instance 36500
key enclave-without-signing; extensions CA:FALSE keyAgreement; issue enclave-without-signing instance 36500
key enclave-with-critical; extensions CA:FALSE digitalSignature '1.2.3.4=critical,ASN1:NULL'
issue enclave-with-critical instance 36500
key enclave-sha256; extensions CA:FALSE digitalSignature; issue enclave-sha256 instance 36500 sha256
key enclave-p256 P-256; extensions CA:FALSE digitalSignature; issue enclave-p256 instance 36500

for signer in enclave impostor-enclave enclave-below-sub-ca enclave-below-enclave enclave-as-ca \
  enclave-without-signing enclave-with-critical enclave-sha256 enclave-p256; do
  openssl pkcs8 -topk8 -nocrypt -in "$work/$signer.key" -out "$signer.test-only.key"
done
