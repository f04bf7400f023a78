package dev.respite.sim;

/**
 * A call that has ended, in nanoseconds from the start of the run.
 *
 * @param client the number of the client that made it
 * @param due when the scenario has it begin
 * @param began when it began
 * @param ended when it ended
 * @param succeeded whether its last answer was a 200
 */
record RealCall(int client, long due, long began, long ended, boolean succeeded) {

    static RealCall parse(String line) {
        String[] parts = line.split(" ", -1);
        return new RealCall(
                Integer.parseInt(parts[0]),
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]),
                Boolean.parseBoolean(parts[4]));
    }

    /** One line that {@link #parse} reads. */
    String line() {
        return client + " " + due + " " + began + " " + ended + " " + succeeded;
    }
}
