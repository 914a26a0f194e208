/**
 * The types of avsc without its files, streams and services, which would be half of what it adds to a bundle. As a
 * default, since Node finds only some of a CommonJS module's names when an ES module imports it.
 */
declare module 'avsc/lib/types.js' {
  import type { Type, types } from 'avsc';

  const all: { readonly Type: typeof Type; readonly builtins: typeof types };
  export default all;
}
