import java.io.File;
import java.util.List;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Judges PDF files by the veraPDF engine: PDF/UA-1 and PDF/A-2a.
 *
 * Prints, tab-separated: «file, profile, checks made, true|false» for each file and profile, and
 * «file, profile, rule, first message» for each rule that is broken.
 */
public class CheckPdf {
    private static final List<PDFAFlavour> PROFILES = List.of(PDFAFlavour.PDFUA_1, PDFAFlavour.PDFA_2_A);

    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            for (PDFAFlavour profile : PROFILES) {
                judge(file, profile);
            }
        }
    }

    private static void judge(String file, PDFAFlavour profile) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), profile);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.printf(
                    "%s\t%s\t%d\t%b%n", file, profile.getId(), result.getTotalAssertions(), result.isCompliant());
            TreeMap<String, String> broken = new TreeMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
                    broken.putIfAbsent(rule, assertion.getMessage().replaceAll("\\s+", " "));
                }
            }
            broken.forEach((rule, message) -> System.out.printf("%s\t%s\t%s\t%s%n", file, profile.getId(), rule, message));
        }
    }
}
