package dev.respite.kotlin

import dev.respite.policy.RetryPolicy

/**
 * Makes a policy. The block has a property or function for each key of the text form, with the same name and meaning.
 *
 * ```
 * val policy = retryPolicy {
 *     maxAttempts = 4
 *     baseDelay = 50.milliseconds
 *     totalTimeout = 10.seconds
 *     on("503") { maxAttempts = 2 }
 * }
 * ```
 *
 * What is not given, or null, has its default. Values are checked when the block has ended, with the rules and the messages of the text
 * form.
 *
 * @param configure gives the values
 * @return the policy
 * @throws dev.respite.policy.InvalidPolicyException if a value is wrong, or two given values contradict each other
 */
public fun retryPolicy(configure: RetryPolicyScope.() -> Unit): RetryPolicy {
    val builder = RetryPolicy.builder()
    RetryPolicyScope(builder).apply(configure).give()
    return builder.build()
}

/** Marks the receivers of [retryPolicy]: a block inside another does not see the other's properties. */
@DslMarker
@Target(AnnotationTarget.CLASS)
public annotation class RetryPolicyDsl
