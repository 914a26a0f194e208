/// <reference types="node" preserve="true" />
export type { OncePersistenceLayerOptions } from './layer-options';
export { OncePersistenceLayer, type OncePersistenceLayerCounts } from './once-persistence-layer';
