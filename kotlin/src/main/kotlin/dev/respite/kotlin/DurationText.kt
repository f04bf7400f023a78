package dev.respite.kotlin

import dev.respite.text.ValueFormat
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/** The text form of a duration. One that is infinite is switched off; a policy refuses that, and a negative one, where it must not be. */
internal fun textOf(duration: Duration): String =
    when {
        duration == Duration.INFINITE -> "off"
        duration.isInfinite() -> duration.toString()
        duration.isNegative() -> "-" + ValueFormat.format((-duration).toJavaDuration())
        else -> ValueFormat.format(duration.toJavaDuration())
    }
