import { MemoryDeadLetters } from '../../../handlers/dead-letters/memory-dead-letters';
import { letter, lettersAt } from './letters';

describe('dead letters in memory', () => {
  test('hold one letter for each id, the latest of it, and every document that was put', async () => {
    const deadLetters = new MemoryDeadLetters();

    const answers = await deadLetters.put([...lettersAt(1, 2), { ...lettersAt(1)[0], attempts: 6 } as never]);

    expect(answers).toEqual([{ kind: 'written' }, { kind: 'written' }, { kind: 'written' }]);
    expect(deadLetters.letters).toEqual([{ ...lettersAt(1)[0], attempts: 6 }, ...lettersAt(2)]);
    expect(deadLetters.documents).toHaveLength(3);
  });

  test('hold what was put, whatever becomes of the objects', async () => {
    const deadLetters = new MemoryDeadLetters();
    const given = letter({ record: { ...letter().record } });

    await deadLetters.put([given]);
    Object.assign(given.record, { value: 'b3RoZXI=' });

    expect(deadLetters.letters).toEqual([letter()]);
  });
});
