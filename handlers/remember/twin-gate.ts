import type { RecordState } from '../engine/record-state';
import { identityConflict } from '../errors';

/**
 * Whether a record may ask the store, as far as its twins are concerned (protocol O3): it waits for those before it;
 * then the store judges this one too, unless one of them ran and stays open, which leaves this one open as well. One
 * that its lane never came to, behind a record that is open, says nothing: else partitions would wait for each other,
 * even for a record that was done long ago.
 * @param waits is called before each wait
 */
export async function twinsAllow<T>(state: RecordState<T>, waits: () => void): Promise<boolean> {
  for (let twin = state.previousTwin; twin; twin = twin.previousTwin) {
    if (!twin.isSettled) {
      waits();
      await twin.settled;
    }
    // One that the ledger closed says nothing of those before it, which may be running.
    if (twin.outcome !== 'open' && !twin.isReached) continue;
    if (twin.outcome !== 'open' || twin.isConflict) return true;
    state.openTwin = twin.openTwin ?? (twin.isReached ? twin : undefined);
    if (state.openTwin) break;
  }
  if (state.openTwin === undefined) return true;
  const isSame = samePayload(state, state.openTwin);
  state.leaveOpen(isSame ? state.openTwin.error : identityConflict({ id: state.id ?? '' }));
  return false;
}

export function samePayload<T>({ content: a }: RecordState<T>, { content: b }: RecordState<T>): boolean {
  if (a?.kind !== 'ready' || b?.kind !== 'ready') return true;
  return a.payloadDigest === undefined || b.payloadDigest === undefined || a.payloadDigest === b.payloadDigest;
}
