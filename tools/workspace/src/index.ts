export { makePackage } from './make-package';
export { packageFiles, type PackagePlace } from './package-template';
export { syncReferences } from './sync';
