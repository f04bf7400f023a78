package dev.respite.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Plants some faults, others for each commit: {@code -Dfaults.seed=} repeats a choice. {@code bin/faults} plants all of them. */
@Tag("slow")
class PlantedFaultsTest {

    private static final int CHOSEN = 6;

    @Test
    void faults_ofThisCommit_areFound() throws Exception {
        long seed = Long.getLong("faults.seed", seedOfTheCommit());
        List<Fault> faults = Faults.ofBuiltModules();
        Collections.shuffle(faults, new Random(seed));
        assertThat(Faults.missed(faults.subList(0, CHOSEN)))
                .as("faults that were not found, with -Dfaults.seed=%s", seed)
                .isEmpty();
    }

    @Test
    void controls_ofEachKind_areNotFound() throws Exception {
        List<Fault> controls = Fault.all(Faults.controls());
        assertThat(controls).extracting(Fault::folder).contains("passed", "unlinked");
        assertThat(Faults.missedControls(controls)).isEmpty();
    }

    /** A number of the last commit, or 0 where there is no repository. */
    private static long seedOfTheCommit() throws IOException, InterruptedException {
        Process git = new ProcessBuilder("git", "rev-parse", "--short=12", "HEAD")
                .directory(Faults.root().toFile())
                .redirectErrorStream(true)
                .start();
        String commit = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return git.waitFor(1, TimeUnit.MINUTES) && git.exitValue() == 0 ? Long.parseLong(commit, 16) : 0;
    }
}
