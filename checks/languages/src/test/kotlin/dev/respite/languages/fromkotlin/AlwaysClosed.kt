package dev.respite.languages.fromkotlin

import dev.respite.Breaker
import java.time.Duration
import java.util.Optional

/** A breaker that lets everything pass. */
object AlwaysClosed : Breaker {
    override fun acquire(): Long = 0

    override fun succeeded(entered: Long, value: Any?) = Unit

    override fun failed(entered: Long, error: Throwable) = Unit

    override fun release() = Unit

    override fun isRejection(failure: Throwable): Boolean = false

    override fun remainingOpenTime(): Optional<Duration> = Optional.of(Duration.ZERO)
}
