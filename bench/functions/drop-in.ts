import { OncePersistenceLayer } from '../../handlers/powertools';
import { handlerOver } from './make-idempotent';

const persistenceStore = new OncePersistenceLayer({ tableName: process.env.MSK_ONCE_TABLE ?? '' });

/** All records of the event at once: the layer gathers what is asked for at the same time. */
export const handler = handlerOver(persistenceStore, Number.POSITIVE_INFINITY);
