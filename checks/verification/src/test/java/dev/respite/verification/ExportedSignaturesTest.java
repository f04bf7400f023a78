package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Public signatures of the core have only types that all modules may use: a modular application compiles with them. */
class ExportedSignaturesTest {

    private static final Pattern EXPORT = Pattern.compile("(?m)^ +exports ([\\w.]+);");

    /** The methods for the modules of Respite: one for each class that they drive, and one between two packages of the core. */
    private static final Set<String> SEAMS =
            Set.of("Retry.driver", "BreakerPerAttempt.parallelCall", "Hedge.run", "RetryBudgets.queueOf");

    @Test
    void signatures_ofTheCore_haveExportedTypes() throws IOException {
        String descriptor = Files.readString(SourceTree.ROOT.resolve("core/src/main/java/module-info.java"));
        Set<String> exported = EXPORT.matcher(descriptor)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        assertThat(exported).contains("dev.respite", "dev.respite.policy").doesNotContain("dev.respite.driver");
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages(exported);
        List<String> hidden = new ArrayList<>();
        int units = 0;
        for (JavaClass type : classes) {
            if (!exported.contains(type.getPackageName()) || !isPublic(type)) {
                continue;
            }
            for (JavaCodeUnit unit : type.getCodeUnits()) {
                if (unit.getModifiers().contains(JavaModifier.PUBLIC)) {
                    units++;
                    typesOf(unit)
                            .filter(used -> used.getPackageName().startsWith("dev.respite"))
                            .filter(used -> !exported.contains(used.getPackageName()))
                            .forEach(used -> hidden.add(type.getSimpleName() + "." + unit.getName()));
                }
            }
        }
        assertThat(units).isGreaterThan(400);
        assertThat(hidden.stream().distinct()).containsExactlyInAnyOrderElementsOf(SEAMS);
    }

    private static Stream<JavaClass> typesOf(JavaCodeUnit unit) {
        return Stream.concat(
                unit.getReturnType().getAllInvolvedRawTypes().stream(),
                unit.getParameterTypes().stream().flatMap(type -> type.getAllInvolvedRawTypes().stream()));
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass()
                        .map(ExportedSignaturesTest::isPublic)
                        .orElse(true);
    }
}
