export {
  type DestinationCheck,
  destinationChecks,
  type DestinationChecksConfig,
} from './destination/checks/destination-checks.js';
