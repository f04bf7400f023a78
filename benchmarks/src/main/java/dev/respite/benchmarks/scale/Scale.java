package dev.respite.benchmarks.scale;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;

/**
 * Lets a hundred thousand and a million calls wait for a retry at once, and prints one table.
 *
 * <p>Each call fails at once, with an exception that all share, and succeeds when it is tried again, 1 to 5 s later plus a
 * {@linkplain Round#pause(int) pause} in which the heap is measured. Live heap is what has come since before the first
 * call: what the library keeps, the future that the caller holds, and the caller's lambda (24 bytes in every row). Lateness
 * is from the moment at which the delay after the failure was over to the start of the second attempt.
 *
 * <p>Each measurement has a virtual machine of its own, warmed up with 150,000 calls, and they are made in rounds.
 */
public final class Scale {

    private final ScalePlan plan;
    private final PrintStream messages;
    private final Map<ScaleRow, List<ScaleFigures>> results = new LinkedHashMap<>();

    private Scale(ScalePlan plan, PrintStream messages) {
        this.plan = plan;
        this.messages = messages;
    }

    /**
     * Runs it.
     *
     * @param arguments as the usage says
     */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream messages = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        if (List.of(arguments).contains("--help")) {
            out.println(ScalePlan.USAGE);
            return;
        }
        try {
            out.print(new Scale(ScalePlan.read(List.of(arguments)), messages).run());
        } catch (IllegalArgumentException wrong) {
            messages.println(
                    wrong instanceof PatternSyntaxException || wrong instanceof NumberFormatException
                            ? "not a valid value: " + wrong.getMessage()
                            : wrong.getMessage());
            messages.println(ScalePlan.USAGE);
            System.exit(64);
        } catch (IOException | InterruptedException failed) {
            messages.println(failed.getMessage());
            System.exit(1);
        }
    }

    private String run() throws IOException, InterruptedException {
        int all = plan.rounds() * plan.calls().size() * plan.contenders().size();
        int done = 0;
        for (int round = 1; round <= plan.rounds(); round++) {
            for (int calls : plan.calls()) {
                for (MeasuredLibrary contender : plan.contenders()) {
                    ScaleRow row = new ScaleRow(contender, calls);
                    ScaleFigures figures = RoundProcess.run(row);
                    results.computeIfAbsent(row, unseen -> new ArrayList<>()).add(figures);
                    done++;
                    messages.printf("%d/%d  %s: %s%n", done, all, row, figures);
                }
            }
        }
        return ScaleTable.of(results);
    }
}
