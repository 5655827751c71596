export { cloudTrailService, cloudTrailSigningName, isCloudTrailTarget } from './cloudtrail-service';
