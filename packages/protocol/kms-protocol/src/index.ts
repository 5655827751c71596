export { type AnswerOf, type CommandOf, type OperationName, operationShapes } from './shapes/operation-shapes';
