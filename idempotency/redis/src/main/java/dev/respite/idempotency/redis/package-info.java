/**
 * Records in Redis, for effects in other systems. This is deduplication: it holds as long as Redis loses no record.
 *
 * <p>Start with {@link dev.respite.idempotency.redis.RedisIdempotencyStore}, and pass it to an {@link
 * dev.respite.idempotency.ExternalIdempotency}.
 */
@NullMarked
package dev.respite.idempotency.redis;

import org.jspecify.annotations.NullMarked;
