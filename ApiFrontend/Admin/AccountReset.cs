namespace FlowGpt.ApiFrontend.Admin;

/// <summary>The answer to a reset.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Account">The account that may serve again.</param>
/// <param name="Reset">Always true; an account that does not exist is a 404.</param>
internal sealed record AccountReset(string Pool, string Account, bool Reset);
