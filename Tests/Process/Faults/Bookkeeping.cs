namespace FlowGpt.Tests.Process.Faults;

/// <summary>How exactly the books must agree with the upstream's counts.</summary>
internal enum Bookkeeping
{
    /// <summary>All calls and tokens are equal, and no record is an estimate.</summary>
    Exact,

    /// <summary>All calls are equal except for records that are flagged as estimates.</summary>
    Estimates,

    /// <summary>Redis lost its records: for requests that began after Redis was back, as <see cref="Estimates"/>; earlier books are lost.</summary>
    OfWhatCameAfter,
}
