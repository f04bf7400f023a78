/**
 * Retries for Kotlin: suspending functions, flows, and policies as blocks.
 *
 * @since 0.1
 */
module dev.respite.kotlin {
    requires transitive dev.respite;
    requires transitive kotlin.stdlib;
    requires transitive kotlinx.coroutines.core;
    requires static kotlinx.coroutines.test;

    exports dev.respite.kotlin;
}
