package dev.respite.kotlin

import dev.respite.policy.BackoffKind
import dev.respite.policy.Jitter
import dev.respite.policy.RetryPolicyBuilder
import dev.respite.text.ValueFormat
import kotlin.time.Duration

/** The keys of a rule for one kind of error, for the block of [RetryPolicyScope.on]. What is not given is as for other errors. */
@RetryPolicyDsl
public class ErrorRuleScope internal constructor(private val builder: RetryPolicyBuilder, private val error: String) {

    private val given = Given()

    /** The most attempts of a call whose last attempt ended with this error, at least 1. */
    public var maxAttempts: Int? by setting("max-attempts") { it.toString() }

    /** The most attempts, the first not counted, at least 0; another way to give [maxAttempts]. */
    public var maxRetries: Int? by setting("max-retries") { it.toString() }

    /** How the delays after this error grow. */
    public var backoff: BackoffKind? by setting("backoff") { it.toString() }

    /** The delay that the others are made of. */
    public var baseDelay: Duration? by setting("base-delay") { textOf(it) }

    /** What each delay of an exponential backoff is multiplied by to make the next, at least 1. */
    public var multiplier: Double? by setting("multiplier") { ValueFormat.format(it) }

    /** What each delay of a linear backoff is longer than the last. */
    public var increment: Duration? by setting("increment") { textOf(it) }

    /** The cap of the delays after this error. */
    public var maxDelay: Duration? by setting("max-delay") { textOf(it) }

    /** How the delays after this error are spread by chance. */
    public var jitter: Jitter? by setting("jitter") { it.toString() }

    internal fun give() {
        given.write()
    }

    private fun <V : Any> setting(key: String, text: (V) -> String) =
        given.Setting<V> { builder.on(error, key, text(it)) }
}
