import type { ClaimStore } from '../../handlers/claims/claim-store';
import { isUnknown } from '../../handlers/store/unknown';

/** A store whose members are asked again, alone, until they have an answer, unless asking again is of no use. */
export function askedAgain(inner: ClaimStore, asking: (operation: keyof ClaimStore) => void = () => {}): ClaimStore {
  const patient =
    <Operation extends keyof ClaimStore>(operation: Operation) =>
    async (batch: readonly unknown[]) => {
      asking(operation);
      const ask = (members: readonly unknown[]) =>
        (inner[operation] as (batch: readonly unknown[]) => Promise<{ readonly kind: string }[]>)(members);
      const answers = await ask(batch);
      for (let tries = 0; tries < 50; tries += 1) {
        const open = answers.flatMap((answer, index) =>
          isUnknown(answer) && answer.reason !== 'refused' ? [index] : [],
        );
        if (open.length === 0) return answers;
        const again = await ask(open.map((index) => batch[index]));
        open.forEach((index, place) => {
          answers[index] = again[place] as { readonly kind: string };
        });
      }
      throw new Error(`${operation} had no answer after 50 tries`);
    };
  return {
    lookUp: patient('lookUp') as ClaimStore['lookUp'],
    claim: patient('claim') as ClaimStore['claim'],
    renew: patient('renew') as ClaimStore['renew'],
    complete: patient('complete') as ClaimStore['complete'],
    park: patient('park') as ClaimStore['park'],
    fail: patient('fail') as ClaimStore['fail'],
    release: patient('release') as ClaimStore['release'],
    suspect: patient('suspect') as ClaimStore['suspect'],
    cutOff: patient('cutOff') as ClaimStore['cutOff'],
  };
}
