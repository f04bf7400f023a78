package dev.respite.kotlin

import dev.respite.Retry
import java.lang.reflect.Method
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.name
import kotlin.io.path.readLines
import kotlinx.coroutines.flow.Flow
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** The shape of the public functions: what they are called, and that they are described. */
class ShapeTest {

    private val sources: List<Path> =
        Files.walk(Path.of("src/main/kotlin")).use { files -> files.filter { it.extension == "kt" }.toList() }

    /** The public functions, which are static methods: an extension's receiver is the first parameter. Internal ones are synthetic. */
    private fun extensionsOf(receiver: Class<*>): List<Method> =
        Class.forName("dev.respite.kotlin.RespiteKt").methods
            .filter { !it.isSynthetic && it.parameterTypes.firstOrNull() == receiver }

    private fun namesOf(methods: List<Method>) = methods.map { it.name }.distinct()

    /** A member always wins: an extension of its name is never called. */
    @Test
    fun extensions_bearNoNameOfAMember() {
        val ofRetry = namesOf(extensionsOf(Retry::class.java))
        val ofFlow = namesOf(extensionsOf(Flow::class.java))
        assertThat(ofRetry).containsExactlyInAnyOrder("invoke", "suspending")
        assertThat(ofFlow).containsExactly("retrying")
        assertThat(Retry::class.java.methods.map { it.name }).doesNotContainAnyElementsOf(ofRetry)
        assertThat(Flow::class.java.methods.map { it.name }).doesNotContainAnyElementsOf(ofFlow)
    }

    /** Nor that of an operator of kotlinx.coroutines, which would be ambiguous. */
    @Test
    fun extensions_bearNoNameOfAnOperatorOfFlows() {
        val operators = Class.forName("kotlinx.coroutines.flow.FlowKt").methods.map { it.name }
        assertThat(operators).contains("retry", "retryWhen").doesNotContainAnyElementsOf(namesOf(extensionsOf(Flow::class.java)))
    }

    @Test
    fun publicDeclarations_areDescribed() {
        val undescribed = sources.flatMap { file ->
            val lines = file.readLines()
            lines.indices
                .filter { lines[it].trim().startsWith("public ") }
                .filterNot { number -> lines.subList(0, number).last { !it.trim().startsWith("@") }.trim().endsWith("*/") }
                .map { file.name + ": " + lines[it].trim() }
        }
        assertThat(sources.sumOf { file -> file.readLines().count { it.trim().startsWith("public ") } }).isGreaterThan(30)
        assertThat(undescribed).isEmpty()
    }
}
