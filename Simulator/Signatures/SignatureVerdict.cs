namespace FlowGpt.Simulator.Signatures;

/// <summary>What a check found.</summary>
/// <param name="Fault">The first thing that is wrong.</param>
/// <param name="Form">The form the signature has, when it is right.</param>
internal readonly record struct SignatureVerdict(SignatureFault Fault, SignatureForm? Form);
