import { fairlyPlaced } from '../../../bin/demo/fair-fault';
import { formatFault, parseFault } from '../../../local/faults/fault-text';

test.each([
  ['answer-lost@3', 'answer-lost@3,table=Memory1A2B'],
  ['late-copy@3,after=2', 'late-copy@3,after=2,table=Memory1A2B'],
  ['delay@3,ms=5', 'delay@3,ms=5,table=Memory1A2B'],
  ['answer-lost@3,table=Counters', 'answer-lost@3,table=Counters'],
  ['delay@3,operation=UpdateItem', 'delay@3,operation=UpdateItem'],
  ['kill-after@3', 'kill-after@3'],
  ['throttle@3', 'throttle@3'],
  ['rebalance@1', 'rebalance@1'],
])('%s is placed as %s', (given, placed) => {
  expect(formatFault(fairlyPlaced(parseFault(given), 'Memory1A2B'))).toBe(placed);
});
