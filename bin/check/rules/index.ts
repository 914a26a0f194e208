import type { Rule } from '../rule';
import { access } from './access';
import { alias } from './alias';
import { aliasVersion } from './alias-version';
import { broadPermission } from './broad-permission';
import { clusterPermission } from './cluster-permission';
import { consumerPermission } from './consumer-permission';
import { discard } from './discard';
import { clusterName, consumer, mappings } from './entries';
import { filters } from './filters';
import { concurrency, memory, runtime, timeout } from './function';
import { group, sharedGroup } from './group';
import { letterBucket, letterQueue, letters } from './letters';
import { metrics } from './metrics';
import { mode } from './mode';
import {
  destinationPermission,
  letterPermission,
  networkPermission,
  registryPermission,
  secretPermission,
  tablePermission,
} from './permissions';
import { permissionsBoundary } from './permissions-boundary';
import { policyOrder } from './policy-order';
import { position } from './position';
import { provisionedOnly } from './provisioned-only';
import { batchingWindow, batchSize, pollers, recordAge, retries } from './ranges';
import { rememberFor } from './remember-for';
import { rolePolicy } from './role-policy';
import { roleTrust } from './role-trust';
import { settings } from './settings';
import { source } from './source';
import { switches } from './switches';
import { table, tableKey, tableSafety, tableTtl } from './table';

/** All that a template can tell of a mapping and its function, from the mapping to the role. */
export const RULES: readonly Rule[] = [
  settings,
  source,
  group,
  sharedGroup,
  access,
  position,
  filters,
  batchSize,
  batchingWindow,
  pollers,
  retries,
  recordAge,
  provisionedOnly,
  discard,
  alias,
  aliasVersion,
  mode,
  metrics,
  mappings,
  consumer,
  clusterName,
  table,
  tableKey,
  tableTtl,
  tableSafety,
  rememberFor,
  letters,
  letterQueue,
  letterBucket,
  switches,
  runtime,
  timeout,
  memory,
  concurrency,
  roleTrust,
  tablePermission,
  letterPermission,
  clusterPermission,
  consumerPermission,
  secretPermission,
  networkPermission,
  destinationPermission,
  registryPermission,
  rolePolicy,
  policyOrder,
  permissionsBoundary,
  broadPermission,
];
