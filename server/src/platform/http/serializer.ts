import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

type BuildSerializer = NonNullable<
  NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>['buildSerializer']
>;

/**
 * Writes answers by their schemas, as Fastify's own does, but compiles a schema when the first answer of its kind is written: a tenth of
 * a process's start went into the hundreds that most lives never write.
 */
export function serializeLate(): BuildSerializer {
  const factory = SerializerSelector();
  return (known, options) => {
    const compile = factory(known, options);
    return (route) => {
      let write: ReturnType<typeof compile> | undefined;
      return (answer) => {
        write ??= compile(route);
        return write(answer);
      };
    };
  };
}
