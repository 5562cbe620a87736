export {
  type DestinationCheck,
  destinationChecks,
} from './destination/checks/destination-checks.js';
