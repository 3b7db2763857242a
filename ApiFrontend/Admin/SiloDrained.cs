namespace FlowGpt.ApiFrontend.Admin;

/// <summary>The answer to draining a silo.</summary>
/// <param name="Silo">The silo, as the request named it.</param>
/// <param name="Draining">Whether it drains now.</param>
internal sealed record SiloDrained(string Silo, bool Draining);
