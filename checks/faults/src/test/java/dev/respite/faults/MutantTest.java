package dev.respite.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.faults.Mutant.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.pitest.bytecode.analysis.ClassTree;
import org.pitest.bytecode.analysis.MethodTree;
import org.pitest.mutationtest.build.MutationInterceptor;
import org.pitest.mutationtest.engine.MutationDetails;
import org.pitest.mutationtest.engine.MutationIdentifier;
import org.pitest.mutationtest.engine.gregor.mutators.NonVoidMethodCallMutator;

/** Tests the choice of mutants, and the end of each in the report of PIT. */
class MutantTest {

    private static final String SOURCE = "MutantTest.java";
    private static final String FILE = "dev/respite/faults/" + SOURCE;

    @TempDir
    private Path folder;

    /** The code that is mutated. */
    static final class Calls {

        static Object run(List<Future<?>> calls) throws Exception {
            for (int i = 0; i < calls.size(); i++) {
                calls.get(i).cancel(true);
            }
            return calls.get(0).isDone() ? calls : calls.get(0).get();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "KILLED, false, KILLED",
        "KILLED, true, KILLED",
        "SURVIVED, false, SURVIVED",
        "TIMED_OUT, false, SURVIVED",
        "TIMED_OUT, true, KILLED",
        "NO_COVERAGE, false, NOT_REACHED",
        "RUN_ERROR, false, NOT_RUN",
        "MEMORY_ERROR, false, NOT_RUN",
        "NON_VIABLE, false, NOT_RUN"
    })
    void end_ofAStatusOfPit(String status, boolean isInALoop, End end) throws IOException {
        Path report = folder.resolve("mutations.xml");
        Files.writeString(report, """
                <mutations><mutation detected='false' status='%s' numberOfTestsRun='1'><sourceFile>Retry.java</sourceFile>\
                <mutatedClass>dev.respite.Retry</mutatedClass><mutatedMethod>call</mutatedMethod>\
                <methodDescription>()V</methodDescription><lineNumber>17</lineNumber><mutator>M</mutator>\
                <indexes><index>5</index></indexes><blocks><block>1</block></blocks><killingTest/>\
                <description>removed call%s</description></mutation></mutations>
                """.formatted(status, isInALoop ? ChangedLinesFilter.IN_A_LOOP : ""));
        Mutant mutant = Mutant.read(report).get(0);
        assertThat(mutant.end()).isEqualTo(end);
        assertThat(mutant.place()).isEqualTo("Retry.java:17");
        assertThat(mutant.id()).isEqualTo("dev.respite.Retry call ()V 5 M");
        assertThat(mutant.isOpen()).isEqualTo(end == End.SURVIVED || end == End.NOT_REACHED);
    }

    @Test
    void read_whatIsNoReport_isRejected() throws IOException {
        Path report = Files.writeString(folder.resolve("mutations.xml"), "none");
        assertThatThrownBy(() -> Mutant.read(report))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("mutations.xml");
    }

    @Test
    void mutants_ofOtherLinesAndFiles_areLeftOut() throws IOException {
        assertThat(kept(FILE, "3 40")).containsExactly();
        assertThat(kept("dev/respite/" + SOURCE, "7")).isEmpty();
        assertThat(kept(FILE, "6 7")).isNotEmpty();
    }

    /** Of removed calls, the ones with a number or a boolean as their result remain. */
    @Test
    void removedCalls_thatWouldThrowNullPointerExceptions_areLeftOut() throws IOException {
        assertThat(kept(FILE, "7"))
                .containsExactly(
                        "size" + ChangedLinesFilter.IN_A_LOOP, "cancel" + ChangedLinesFilter.IN_A_LOOP, "isDone");
    }

    /** The names of the calls in line 7 whose mutants remain. */
    private static List<String> kept(String file, String lines) throws IOException {
        Properties given = new Properties();
        given.setProperty(file, lines);
        ClassTree type;
        try (var bytes = Calls.class.getResourceAsStream("MutantTest$Calls.class")) {
            type = ClassTree.fromBytes(bytes.readAllBytes());
        }
        MethodTree method = type.methods().stream()
                .filter(each -> each.rawNode().name.equals("run"))
                .findFirst()
                .orElseThrow();
        MutationInterceptor filter = ChangedLinesFilter.of(given);
        filter.begin(type);
        return filter.intercept(calls(method).toList(), null).stream()
                .map(MutationDetails::getDescription)
                .collect(Collectors.toList());
    }

    private static Stream<MutationDetails> calls(MethodTree method) {
        List<AbstractInsnNode> instructions = method.instructions();
        return instructions.stream()
                .filter(MethodInsnNode.class::isInstance)
                .map(call -> new MutationDetails(
                        new MutationIdentifier(
                                method.asLocation(),
                                // PIT counts from 1.
                                instructions.indexOf(call) + 1,
                                NonVoidMethodCallMutator.NON_VOID_METHOD_CALLS.getGloballyUniqueId()),
                        SOURCE,
                        ((MethodInsnNode) call).name,
                        7,
                        1));
    }
}
