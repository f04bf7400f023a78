package dev.respite.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Plants mutants in the lines of a change. First the tests of the changed module run against them. Then the modules run whose tests
 * are named in planted faults of that module, against the mutants that survived.
 */
final class ChangeCommand {

    /** About ten minutes on two cores. */
    private static final int LINES = 300;

    private static final double EXPECTED = .85;

    private final Path root;
    private final Map<String, Module> modules;
    private final List<Fault> faults;

    ChangeCommand(Path root, Map<String, Module> modules, List<Fault> faults) {
        this.root = root;
        this.modules = modules;
        this.faults = faults;
    }

    /** Prints each mutant that survives, and returns whether enough are killed. */
    boolean run(String base, long seed) throws IOException, InterruptedException {
        Change whole = Change.since(root, base).where((file, line) -> owner(file) != null);
        Change change = whole.sample(LINES, seed);
        System.out.println(
                change.size() == whole.size()
                        ? whole.size() + " changed lines"
                        : change.size() + " of " + whole.size() + " changed lines, drawn with seed " + seed);
        List<Mutant> mutants = new ArrayList<>();
        for (Module owner : modules.values()) {
            Change own = change.where((file, line) -> owner.equals(owner(file)));
            if (own.size() > 0) {
                mutants.addAll(run(own, owner));
            }
        }
        return report(mutants);
    }

    private @Nullable Module owner(Path file) {
        return modules.values().stream()
                .filter(module -> file.startsWith(Path.of(module.path(), "src", "main")))
                .findFirst()
                .orElse(null);
    }

    private Collection<Mutant> run(Change change, Module owner) throws IOException {
        Map<String, Mutant> mutants = new LinkedHashMap<>();
        Set<String> tested = new TreeSet<>(Comparator.comparing((String path) -> !path.equals(owner.path()))
                .thenComparing(Comparator.naturalOrder()));
        tested.add(owner.path());
        faults.stream()
                .filter(fault -> fault.path().startsWith(Path.of(owner.path(), "src", "main")))
                .map(fault -> fault.test().module())
                .filter(modules::containsKey)
                .forEach(tested::add);
        Change open = change;
        for (String path : tested) {
            System.out.println(owner.path() + ": " + open.size() + " lines, tests of " + path);
            for (Mutant mutant : MutantRun.run(root, open, owner, Objects.requireNonNull(modules.get(path)))) {
                mutants.merge(
                        mutant.id(),
                        mutant,
                        (before, now) -> before.isOpen() && now.end() != Mutant.End.NOT_REACHED ? now : before);
            }
            Set<String> left = mutants.values().stream()
                    .filter(Mutant::isOpen)
                    .map(Mutant::place)
                    .collect(Collectors.toSet());
            open = open.where((file, line) -> left.contains(file.getFileName() + ":" + line));
            if (open.size() == 0) {
                break;
            }
        }
        return mutants.values();
    }

    private static boolean report(List<Mutant> mutants) {
        mutants.stream()
                .filter(Mutant::isOpen)
                .map(mutant -> mutant.place() + " " + mutant.description() + ": "
                        + (mutant.end() == Mutant.End.SURVIVED ? "survived" : "no test reaches it"))
                .sorted()
                .forEach(System.out::println);
        long run = mutants.stream()
                .filter(mutant -> mutant.end() != Mutant.End.NOT_RUN)
                .count();
        long killed = mutants.stream()
                .filter(mutant -> mutant.end() == Mutant.End.KILLED)
                .count();
        System.out.printf("%d of %d mutants killed, %d not run%n", killed, run, mutants.size() - run);
        return killed >= EXPECTED * run;
    }
}
