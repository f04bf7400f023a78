package dev.respite.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** Provides the text of {@code --version}. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        Optional<String> built = Optional.ofNullable(Version.class.getPackage().getImplementationVersion());
        return new String[] {
            "respite " + built.orElse("(of an unknown version)"), "Java " + Runtime.version(),
        };
    }
}
