package dev.respite.testsupport;

import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Sets the default time limit of Awaitility: the system property {@value #SECONDS}, or two minutes. The build sets
 * 20 seconds, and 60 in the long tiers. Its own, ten seconds, is too short for a loaded machine.
 */
public final class Patience implements LauncherSessionListener {

    static final String SECONDS = "respite.test.patience";

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(RealTime.patience());
    }
}
