export { type Stage, type StageResult, runStage, stageTable } from './stage';
export { closingLine, collectCounts, type CollectedCounts, forgetCounts, type TestCounts } from './test-counts';
