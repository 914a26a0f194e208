/** The form of a history, for who has the package and not its source. `local/oracle/read-history.ts` reads it. */
export const HISTORY_FORM = `FILE holds one JSON object. What ends in ? may be left out; times are milliseconds since any moment and never fall.

  {"remember": "ledger", "order": "partition", "topic": [{"partition": 0, "offset": 0}], "committed": {"0": 1},
   "observations": [{"kind": "effect", "worker": "w1", "partition": 0, "offset": 0}]}

  remember         ledger | identity | transaction: the promise that it is judged by
  order            partition | key | none: within what first effects come in the order of offsets
  topic            the records, but those before the start of the mapping: each partition, offset, key?, identity?,
                   payload? (records of one identity with another one are in conflict), isUnfit? (no run of it can
                   work), takesEffect? (false: it is closed without an effect)
  committed        from each partition to the next offset; where one is left out nothing is committed
  observations     what was seen, in the order in which it took effect: each kind, worker, atMs? and what its kind has
  identity?        true: each identity takes effect once, not each record (transaction only)
  independent?     false: a run begins when what came before it in its lane is committed (transaction only)
  maxAttempts?     after so many a record is parked, and all letters and parked items are among the observations
  checkpointMs?    for how long a worker that does not stand still may leave a finished effect unmarked
  seesLostWrites?  true: every write that a fault kept from the database is among the observations
  keepsLeases?     true: nothing but its own standing still keeps a worker from renewing a lease in time
  clockAheadMs?    by how much the clock of a worker is ahead of atMs: {"w1": 500}

What each kind of observation has
  delivered        records: [{partition, offset}]             the service handed them to the worker
  answered         open: [{partition, offset}]                it accepted this answer to the last delivery
  failed                                                      the invocation ended without one, and the worker lives
  started          partition, offset, run?, attempt?,         a run of user code over one record; isShared: there are
                   isShared?                                  others in its call
  ended            partition, offset, run?, says?,            result: resolved | rejected | aborted (after it was told
                   result                                     to stop); says, of its error: permanent | outage | call
  effect           partition, offset, run?, isCopy?,          the effect was accepted; isCopy: of a request that a fault
                   sentAtMs?                                  sent once more; sentAtMs: when the worker sent it
  claim            identity or partition, leaseUntilMs,       a lease until then, by the worker's clock; a claim needs
                   sentAtMs?                                  its atMs
  lease            identity or partition, leaseUntilMs,       another end of it: renewed, or not after atMs where the
                   sentAtMs?                                  claim was given back
  mark             identity or partition, closes?,            closes: [[first, last]], of a partition;
                   rememberedUntilMs?, leaseUntilMs?,         rememberedUntilMs: of an identity; never if left out;
                   sentAtMs?                                  leaseUntilMs: where the same write moved the lease
  write-lost       identity or partition, write               a fault kept it from the database: claim | lease | mark
  letter           partition, offset, attempts?, error?,      the dead letter is durable; attempts, error: what it says
                   sentAtMs?
  letter-lost      partition, offset                          the request that writes it was lost, refused or doubled
  parked           partition, offset, sentAtMs?               the item of a parked record, and its mark, are durable
  redrive          seen                                       an observation of an invocation that redrives letters
  redriven         partition, offset, sentAtMs?               the item of a parked record says that it is done
  redrive-answer   outcomes?: [{partition, offset, outcome}]  outcome: done | duplicate | parked | open | absent
  frozen                                                      the worker stands still from here on
  thawed                                                      it goes on
  killed           cause                                      it is no more; the cause in a word or two, such as crash

Effects, claims, leases, marks and deaths are the least; each further kind, and each time, lets more be seen.`;
