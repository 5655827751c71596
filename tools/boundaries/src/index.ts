export { canaries, type Canary, controlPlaces } from './canaries';
export { canaryText, type Complaint, lintAs, type LintCase } from './lint-as';
