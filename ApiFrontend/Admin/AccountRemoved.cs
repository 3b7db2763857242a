namespace FlowGpt.ApiFrontend.Admin;

/// <summary>The answer to a removal.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Account">The account that is gone.</param>
/// <param name="Removed">Always true; an account that does not exist is a 404.</param>
internal sealed record AccountRemoved(string Pool, string Account, bool Removed);
