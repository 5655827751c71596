export { type Certificate, aCertificate } from './certificate';
export { FakeProxy, type Misbehaviour, type Seen, proxyCredential } from './fake-proxy';
