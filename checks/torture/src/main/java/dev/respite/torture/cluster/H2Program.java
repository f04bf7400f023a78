package dev.respite.torture.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.h2.tools.Server;

/**
 * H2's server in a JVM of its own. SIGTERM shuts it down: its shutdown hook rolls back open transactions and closes the file.
 * After a kill while several connections write, H2 may keep one half of a transaction. No protocol above the database can
 * repair that.
 *
 * @param home the directory of the databases and of the log
 */
record H2Program(Path home) implements StoreServer.Program {

    @Override
    public Process launch(int port) throws IOException {
        return JavaProcess.start(
                home.resolve("h2.log"),
                List.of("-Dh2.bindAddress=127.0.0.1"),
                Server.class.getName(),
                List.of("-tcp", "-tcpPort", Integer.toString(port), "-baseDir", home.toString(), "-ifNotExists"));
    }

    @Override
    public String url(int port) {
        return "jdbc:h2:tcp://127.0.0.1:" + port + "/./bank;WRITE_DELAY=0;LOCK_TIMEOUT=1000";
    }

    @Override
    public boolean survivesKill() {
        return false;
    }
}
