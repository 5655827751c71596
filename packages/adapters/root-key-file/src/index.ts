export { FileRootKey } from './file-root-key';
export { createRootKeyFile, openOrCreateRootKeyFile, openRootKeyFile } from './root-key-file';
export { RootKeyFileError, type RootKeyFileProblem } from './root-key-file-error';
