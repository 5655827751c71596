export { cloudTrailService, cloudTrailSigningName, isCloudTrailRequest } from './cloudtrail-service';
