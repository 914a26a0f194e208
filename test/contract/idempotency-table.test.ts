import { IdempotencyRecordStatus, PERSISTENCE_ATTRIBUTE_KEY_MAPPINGS } from '@aws-lambda-powertools/idempotency';
import { ATTRIBUTES, KEY_ATTRIBUTE, STATUS, TTL_ATTRIBUTE } from '../../contract/idempotency-table';

describe('the record layout', () => {
  test("statuses are Powertools' own", () => {
    expect({
      INPROGRESS: STATUS.inProgress,
      COMPLETED: STATUS.completed,
      EXPIRED: STATUS.expired,
    }).toEqual(IdempotencyRecordStatus);
  });

  test('the attributes that Powertools knows are called as Powertools calls them', () => {
    expect({
      statusAttr: ATTRIBUTES.status,
      expiryAttr: ATTRIBUTES.expiration,
      inProgressExpiryAttr: ATTRIBUTES.inProgressExpiration,
      dataAttr: ATTRIBUTES.data,
      validationKeyAttr: ATTRIBUTES.validation,
    }).toEqual(PERSISTENCE_ATTRIBUTE_KEY_MAPPINGS);
    expect(KEY_ATTRIBUTE).toBe('id');
    expect(TTL_ATTRIBUTE).toBe(ATTRIBUTES.expiration);
  });

  test('no two attributes share a name, and all are snake_case', () => {
    const names = Object.values(ATTRIBUTES);

    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });
});
