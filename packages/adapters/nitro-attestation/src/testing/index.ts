export { type CborInput, cborBytes, indefiniteArray, indefiniteMap, tagged, writeCbor } from './cbor-writer';
export { type DocumentParts, anAttestationDocument, documentTime, signDocument } from './attestation-documents';
export { certificate, signingKey, trustRoots } from './test-pki';
