import fc from 'fast-check';
import { type Step, StepQueue } from '../../../local/simulator/step-queue';

test('steps are taken by time, then by turn, however they were added', () => {
  const times = fc.array(fc.nat({ max: 20 }), { maxLength: 60 });
  fc.assert(
    fc.property(times, (given) => {
      const steps = given.map((dueMs, turn): Step => ({ dueMs, turn }));
      const queue = new StepQueue<Step>();
      for (const step of steps) queue.add(step);

      const taken: (Step | undefined)[] = [];
      while (queue.size > 0) taken.push(queue.take());

      expect(taken).toEqual([...steps].sort((a, b) => a.dueMs - b.dueMs || a.turn - b.turn));
      expect(queue.take()).toBeUndefined();
    }),
  );
});

test('what is added in between is taken in its turn', () => {
  const queue = new StepQueue<Step>();
  queue.add({ dueMs: 5, turn: 0 });
  queue.add({ dueMs: 9, turn: 1 });

  expect(queue.take()).toEqual({ dueMs: 5, turn: 0 });
  queue.add({ dueMs: 7, turn: 2 });
  expect(queue.first).toEqual({ dueMs: 7, turn: 2 });
  expect([queue.take(), queue.take()].map((step) => step?.dueMs)).toEqual([7, 9]);
});
