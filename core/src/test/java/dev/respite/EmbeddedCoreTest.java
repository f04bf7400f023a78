package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The core in the module of a library that embeds it, declares no use of providers and does not require {@code jdk.jfr}. */
class EmbeddedCoreTest {

    @TempDir
    Path folder;

    @Test
    void call_inTheModuleOfALibrary_isMade() throws Exception {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        copyCore(classes);
        Path descriptor = Files.writeString(folder.resolve("module-info.java"), "open module library {}");
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-proc:none", "-d", classes.toString(), descriptor.toString()))
                .isZero();

        ModuleLayer below = ModuleLayer.boot();
        assertThat(below.findModule("jdk.jfr")).isPresent();
        Configuration library =
                below.configuration().resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("library"));
        Class<?> retry = below.defineModulesWithOneLoader(library, ClassLoader.getPlatformClassLoader())
                .findLoader("library")
                .loadClass("dev.respite.Retry");
        assertThat(retry.getModule().getName()).isEqualTo("library");
        Callable<String> operation = () -> "value";
        assertThatCode(() -> {
                    Object made = retry.getMethod("withDefaults").invoke(null);
                    assertThat(retry.getMethod("call", Callable.class).invoke(made, operation))
                            .isEqualTo("value");
                })
                .doesNotThrowAnyException();
    }

    private static void copyCore(Path to) throws Exception {
        Path core = Path.of(
                Retry.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(core)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith("module-info.class")) {
                    copy(file, to.resolve(core.relativize(file).toString()));
                }
            }
        }
    }

    private static void copy(Path file, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
    }
}
