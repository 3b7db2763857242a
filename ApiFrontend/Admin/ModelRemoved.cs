namespace FlowGpt.ApiFrontend.Admin;

/// <summary>The answer to a removal.</summary>
/// <param name="Model">The model that is gone.</param>
/// <param name="Removed">Always true; a model that does not exist is a 404.</param>
internal sealed record ModelRemoved(string Model, bool Removed);
