package dev.respite.faults;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.pitest.bytecode.analysis.ClassTree;
import org.pitest.bytecode.analysis.MethodTree;
import org.pitest.mutationtest.build.InterceptorParameters;
import org.pitest.mutationtest.build.InterceptorType;
import org.pitest.mutationtest.build.MutationInterceptor;
import org.pitest.mutationtest.build.MutationInterceptorFactory;
import org.pitest.mutationtest.engine.Mutater;
import org.pitest.mutationtest.engine.MutationDetails;
import org.pitest.plugin.Feature;

/**
 * A plugin of PIT, which keeps the mutants of given lines. Each property of a run maps the path of a source file in its source folder
 * to line numbers, separated by blanks. The description of a mutant in a loop ends with {@value #IN_A_LOOP}.
 *
 * <p>Of the calls that are removed and that have a result, it keeps the ones whose result is a number or a boolean, as
 * {@code Future.cancel} and the time of a clock. Without the others the next statement throws a NullPointerException, which any test finds.
 */
public final class ChangedLinesFilter implements MutationInterceptorFactory {

    static final String IN_A_LOOP = " (in a loop)";

    /** Called by PIT. */
    public ChangedLinesFilter() {}

    @Override
    public String description() {
        return "Mutants of changed lines";
    }

    @Override
    public Feature provides() {
        return Feature.named("CHANGEDLINES").withOnByDefault(true).withDescription(description());
    }

    @Override
    public MutationInterceptor createInterceptor(InterceptorParameters parameters) {
        return of(parameters.data().getFreeFormProperties());
    }

    /** The filter for given lines. */
    static MutationInterceptor of(Properties lines) {
        return new Interceptor(lines);
    }

    private static final class Interceptor implements MutationInterceptor {

        private final Properties lines;
        private ClassTree type = new ClassTree(new ClassNode());

        Interceptor(Properties lines) {
            this.lines = lines;
        }

        @Override
        public InterceptorType type() {
            return InterceptorType.FILTER;
        }

        @Override
        public void begin(ClassTree begun) {
            type = begun;
        }

        @Override
        public void end() {}

        @Override
        public Collection<MutationDetails> intercept(Collection<MutationDetails> mutants, Mutater unused) {
            return mutants.stream()
                    .filter(this::isOfAGivenLine)
                    .filter(this::isNoCallForAnObject)
                    .map(mutant ->
                            isInALoop(mutant) ? mutant.withDescription(mutant.getDescription() + IN_A_LOOP) : mutant)
                    .collect(Collectors.toList());
        }

        /** A file of Kotlin may stand in another folder than its package. */
        private boolean isOfAGivenLine(MutationDetails mutant) {
            String file = mutant.getFilename();
            String path = mutant.getClassName().getPackage().asInternalName() + "/" + file;
            String given = lines.stringPropertyNames().stream()
                    .filter(each -> each.equals(path) || (file.endsWith(".kt") && each.endsWith("/" + file)))
                    .map(lines::getProperty)
                    .collect(Collectors.joining(" "));
            return Arrays.asList(given.split(" ", -1)).contains(Integer.toString(mutant.getLineNumber()));
        }

        private boolean isNoCallForAnObject(MutationDetails mutant) {
            if (!mutant.getMutator().endsWith(".NonVoidMethodCallMutator")) {
                return true;
            }
            AbstractInsnNode call = method(mutant).instructions().get(mutant.getInstructionIndex());
            return call instanceof MethodInsnNode method
                    && Type.getReturnType(method.desc).getSort() < Type.ARRAY;
        }

        /** A loop is what a jump back encloses. */
        private boolean isInALoop(MutationDetails mutant) {
            List<AbstractInsnNode> instructions = method(mutant).instructions();
            Set<Integer> looped = new TreeSet<>();
            for (int index = 0; index < instructions.size(); index++) {
                if (instructions.get(index) instanceof JumpInsnNode jump) {
                    for (int each = instructions.indexOf(jump.label); each >= 0 && each <= index; each++) {
                        looped.add(each);
                    }
                }
            }
            return looped.contains(mutant.getInstructionIndex());
        }

        private MethodTree method(MutationDetails mutant) {
            return type.method(mutant.getId().getLocation()).orElseThrow();
        }
    }
}
