namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>The parts of a ledger's key.</summary>
/// <param name="ClientKeyId">The id of the client key.</param>
/// <param name="Day">Its UTC day as <c>yyyyMMdd</c>: the key of the roll-up it belongs to.</param>
/// <param name="Hour">Its hour of that day, 0 to 23.</param>
internal readonly record struct LedgerName(string ClientKeyId, string Day, int Hour)
{
    private const int DayDigits = 8;
    private const int HourDigits = 2;

    /// <summary>Takes a ledger's key apart: the client key's id, a slash, and <c>yyyyMMddHH</c>.</summary>
    /// <exception cref="FormatException">It is no ledger's key.</exception>
    public static LedgerName Parse(string ledger)
    {
        var slash = ledger.LastIndexOf('/');
        var time = ledger.AsSpan(slash + 1);
        return
            slash > 0
            && time.Length == DayDigits + HourDigits
            && !time.ContainsAnyExceptInRange('0', '9')
            && int.Parse(time[DayDigits..], System.Globalization.CultureInfo.InvariantCulture) is < 24 and var hour
            ? new LedgerName(ledger[..slash], time[..DayDigits].ToString(), hour)
            : throw new FormatException($"'{ledger}' is not the key of a usage ledger.");
    }
}
