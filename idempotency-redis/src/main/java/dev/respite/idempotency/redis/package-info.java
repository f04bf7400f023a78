/**
 * Records of what was done, in Redis. The effect is elsewhere, so this is deduplication: it holds as long as Redis loses no
 * record.
 *
 * <p>The way in is {@link dev.respite.idempotency.redis.RedisIdempotencyStore}, which goes into an {@link
 * dev.respite.idempotency.ExternalIdempotency}.
 */
@NullMarked
package dev.respite.idempotency.redis;

import org.jspecify.annotations.NullMarked;
