package dev.respite.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * A mutant and its end.
 *
 * @param id its class, method, instruction and kind
 * @param file the source file, without its folder
 * @param line the line
 * @param description the change that PIT has made
 * @param end its end
 */
record Mutant(String id, String file, int line, String description, End end) {

    /** The end of a mutant. */
    enum End {
        /** A test has failed, or one in a loop did not end. */
        KILLED,
        /** All tests that reach its line have passed, or one outside a loop did not end. */
        SURVIVED,
        /** No test reaches its line. */
        NOT_REACHED,
        /** The mutant is no valid class, or its run has failed, so it proves nothing. */
        NOT_RUN
    }

    /** Reads the report of PIT. */
    static List<Mutant> read(Path report) throws IOException {
        Document document;
        try {
            document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
        } catch (ParserConfigurationException | SAXException unreadable) {
            throw new IOException(report + " is no report of PIT", unreadable);
        }
        List<Mutant> mutants = new ArrayList<>();
        NodeList elements = document.getElementsByTagName("mutation");
        for (int i = 0; i < elements.getLength(); i++) {
            Element mutant = (Element) elements.item(i);
            String description = text(mutant, "description");
            mutants.add(new Mutant(
                    String.join(
                            " ",
                            text(mutant, "mutatedClass"),
                            text(mutant, "mutatedMethod"),
                            text(mutant, "methodDescription"),
                            text(mutant, "indexes"),
                            text(mutant, "mutator")),
                    text(mutant, "sourceFile"),
                    Integer.parseInt(text(mutant, "lineNumber")),
                    description,
                    end(mutant.getAttribute("status"), description.endsWith(ChangedLinesFilter.IN_A_LOOP))));
        }
        return mutants;
    }

    private static String text(Element mutant, String name) {
        return mutant.getElementsByTagName(name).item(0).getTextContent();
    }

    private static End end(String status, boolean isInALoop) {
        return switch (status) {
            case "KILLED" -> End.KILLED;
            case "TIMED_OUT" -> isInALoop ? End.KILLED : End.SURVIVED;
            case "SURVIVED" -> End.SURVIVED;
            case "NO_COVERAGE" -> End.NOT_REACHED;
            default -> End.NOT_RUN;
        };
    }

    /** The name of the file, and the line. */
    String place() {
        return file + ":" + line;
    }

    /** Returns whether further tests may still kill it. */
    boolean isOpen() {
        return end == End.SURVIVED || end == End.NOT_REACHED;
    }
}
